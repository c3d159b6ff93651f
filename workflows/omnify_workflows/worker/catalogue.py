"""Every workflow and activity that a worker runs."""

from collections.abc import Callable, Sequence
from typing import Any

from temporalio.client import Client

from omnify_workflows.clients.services import Services
from omnify_workflows.onboarding.activities.ask_consent import AskConsent
from omnify_workflows.onboarding.activities.change_contact import ChangeContact
from omnify_workflows.onboarding.activities.connect_platform import ConnectPlatform
from omnify_workflows.onboarding.activities.create_client import CreateClient
from omnify_workflows.onboarding.activities.disconnect_platform import DisconnectPlatform
from omnify_workflows.onboarding.activities.provision_tenant import ProvisionTenant
from omnify_workflows.onboarding.activities.remind import Remind
from omnify_workflows.onboarding.activities.remove_client import RemoveClient
from omnify_workflows.onboarding.activities.remove_tenant import RemoveTenant
from omnify_workflows.onboarding.activities.schedule_synchronisation import ScheduleSynchronisation
from omnify_workflows.onboarding.activities.unschedule_synchronisation import UnscheduleSynchronisation
from omnify_workflows.onboarding.activities.welcome import Welcome
from omnify_workflows.onboarding.workflow import Onboarding
from omnify_workflows.retention.activities.end_campaign import EndCampaign
from omnify_workflows.retention.activities.measure import Measure
from omnify_workflows.retention.activities.select_audience import SelectAudience
from omnify_workflows.retention.activities.send_batch import SendBatch
from omnify_workflows.retention.workflow import Retention
from omnify_workflows.retraining.activities.ask_approval import AskApproval
from omnify_workflows.retraining.activities.collect_data import CollectData
from omnify_workflows.retraining.activities.evaluate import Evaluate
from omnify_workflows.retraining.activities.promote import Promote
from omnify_workflows.retraining.activities.roll_back import RollBack
from omnify_workflows.retraining.activities.train import Train
from omnify_workflows.retraining.workflow import Retraining
from omnify_workflows.synchronisation.activities.synchronise_pages import SynchronisePages
from omnify_workflows.synchronisation.workflow import ScheduledSynchronisation, Synchronisation

WORKFLOWS: Sequence[type] = (Onboarding, Synchronisation, ScheduledSynchronisation, Retraining, Retention)
"""The workflows."""


def activities(services: Services, temporal: Client) -> Sequence[Callable[..., Any]]:
    """The activities, with what each of them calls."""
    omnify, keycloak = services.omnify, services.keycloak
    return (
        *(each(omnify).run for each in (CreateClient, RemoveClient, AskConsent, Remind)),
        *(each(omnify).run for each in (ConnectPlatform, DisconnectPlatform, Welcome)),
        *(each(keycloak).run for each in (ProvisionTenant, RemoveTenant)),
        ChangeContact(omnify, keycloak).run,
        *(each(temporal).run for each in (ScheduleSynchronisation, UnscheduleSynchronisation)),
        SynchronisePages(omnify).run,
        *(each(omnify).run for each in (CollectData, Train, Evaluate, AskApproval, Promote, RollBack)),
        *(each(omnify).run for each in (SelectAudience, SendBatch, Measure, EndCampaign)),
    )
