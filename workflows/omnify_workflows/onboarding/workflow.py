"""The onboarding of a client.

    create client ─▶ provision tenant ─▶ ┌ ask consent ─▶ (signal, reminders, deadline) ─▶ connect ┐ ─▶ first
                                         └ … each platform at the same time                        ┘
    synchronisation of each ─▶ schedules ─▶ welcome

When a step fails for good, or the onboarding is cancelled, what began is taken back, the last first:
schedules ◀ connections ◀ tenant ◀ client.
"""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from omnify_workflows.concurrency import together
    from omnify_workflows.failures import reason
    from omnify_workflows.naming import synchronisation_id
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
    from omnify_workflows.onboarding.decisions import connected, in_vain, left_out, undo_order, waits
    from omnify_workflows.onboarding.models import (
        Changed,
        Connection,
        ConnectionState,
        Consent,
        Onboarded,
        OnboardingOrder,
        Progress,
        Reminder,
        Scheduled,
        Step,
        StepState,
        Tenant,
    )
    from omnify_workflows.onboarding.models import Welcome as WelcomeMessage
    from omnify_workflows.synchronisation.models import SynchronisationOrder
    from omnify_workflows.synchronisation.workflow import Synchronisation
    from omnify_workflows.vocabulary import Contact, Platform

FAILED = "OnboardingFailed"
"""The type of the failure of an onboarding that was taken back; its details are the last progress."""


@workflow.defn(name="Onboarding")
class Onboarding:
    """Onboards a client; see this module for its steps."""

    @workflow.init
    def __init__(self, order: OnboardingOrder) -> None:
        self._order = order
        self._contact = order.contact
        self._steps = dict.fromkeys(Step, StepState.WAITING)
        self._connections = dict.fromkeys(order.platforms, ConnectionState.WAITING)
        self._consents: dict[Platform, Consent] = {}
        self._reminders = self._changes = 0
        self._failure: str | None = None
        self._contact_in_use = asyncio.Lock()

    @workflow.run
    async def run(self, order: OnboardingOrder) -> Onboarded:
        """Onboard; raise when it was taken back."""
        try:
            result = await self._onboard(order)
        except (FailureError, asyncio.CancelledError) as error:
            self._failure = reason(error)
            workflow.logger.warning("taking back the onboarding: %s", self._failure)
            await self._take_back()
            await workflow.wait_condition(workflow.all_handlers_finished)
            if isinstance(error, asyncio.CancelledError):
                raise
            raise ApplicationError(self._failure, self.progress(), type=FAILED, non_retryable=True) from error
        await workflow.wait_condition(workflow.all_handlers_finished)
        return result

    @workflow.query
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(
            steps=dict(self._steps),
            connections=dict(self._connections),
            contact=self._contact,
            reminders=self._reminders,
            failure=self._failure,
        )

    @workflow.signal
    def consent(self, consent: Consent) -> None:
        """The client's word on a platform. The first one counts; it may come before it is asked for."""
        if consent.platform not in self._connections:
            workflow.logger.warning("consent to %s, which is not asked for", consent.platform)
        elif self._connections[consent.platform] not in {ConnectionState.WAITING, ConnectionState.ASKED}:
            workflow.logger.info("consent to %s comes after its time", consent.platform)
        else:
            self._consents.setdefault(consent.platform, consent)

    @workflow.update
    async def change_contact(self, contact: Contact) -> Contact:
        """Write to somebody else from now on."""
        # Whoever creates the client or its tenant holds the lock: they are made with the old contact or the new one.
        async with self._contact_in_use:
            self._refuse_when_over()
            if self._steps[Step.CLIENT] is StepState.DONE:
                self._changes += 1
                changed = Changed(client=self._order.client, contact=contact, number=self._changes)
                await workflow.execute_activity_method(ChangeContact.run, changed, **self._order.policies.call.options)
            self._contact = contact
        return self._contact

    @change_contact.validator
    def _may_change(self, contact: Contact) -> None:
        del contact
        self._refuse_when_over()

    def _refuse_when_over(self) -> None:
        if self._failure is not None:
            raise ApplicationError("the onboarding is being taken back", type="Over", non_retryable=True)

    async def _onboard(self, order: OnboardingOrder) -> Onboarded:
        call = order.policies.call.options
        async with self._contact_in_use:
            self._begin(Step.CLIENT)
            await workflow.execute_activity_method(CreateClient.run, self._tenant(), **call)
            self._end(Step.CLIENT)
        async with self._contact_in_use:
            self._begin(Step.TENANT)
            tenant = await workflow.execute_activity_method(ProvisionTenant.run, self._tenant(), **call)
            self._end(Step.TENANT)

        self._begin(Step.CONNECTIONS)
        await together(self._connect(platform) for platform in order.platforms)
        if in_vain(self._connections):
            raise ApplicationError("no platform was consented to", type="NoConsent", non_retryable=True)
        self._end(Step.CONNECTIONS)
        consented = connected(self._connections)

        self._begin(Step.SYNCHRONISATION)
        records = await together(self._synchronise(platform) for platform in consented)
        self._end(Step.SYNCHRONISATION)

        self._begin(Step.SCHEDULES)
        await together(self._schedule(platform) for platform in consented)
        self._end(Step.SCHEDULES)

        self._begin(Step.WELCOME)
        welcome = WelcomeMessage(client=order.client, connected=consented)
        await workflow.execute_activity_method(Welcome.run, welcome, **call)
        self._end(Step.WELCOME)
        return Onboarded(
            client=order.client,
            tenant=tenant,
            connected=consented,
            left_out=left_out(self._connections),
            records=sum(records),
        )

    async def _connect(self, platform: Platform) -> None:
        call = self._order.policies.call.options
        connection = Connection(client=self._order.client, platform=platform)
        await workflow.execute_activity_method(AskConsent.run, connection, **call)
        self._connections[platform] = ConnectionState.ASKED
        consent = await self._consent_to(platform)
        if consent is None:
            self._connections[platform] = ConnectionState.EXPIRED
        elif not consent.granted:
            self._connections[platform] = ConnectionState.DECLINED
        else:
            connection = connection.model_copy(update={"code": consent.code})
            await workflow.execute_activity_method(ConnectPlatform.run, connection, **call)
            self._connections[platform] = ConnectionState.CONNECTED

    async def _consent_to(self, platform: Platform) -> Consent | None:
        all_waits = list(waits(self._order.consent))
        for number, wait in enumerate(all_waits, start=1):
            try:
                await workflow.wait_condition(lambda: platform in self._consents, timeout=wait)
            except TimeoutError:
                if number < len(all_waits):
                    await self._remind(platform, number)
            else:
                break
        return self._consents.get(platform)

    async def _remind(self, platform: Platform, number: int) -> None:
        reminder = Reminder(client=self._order.client, platform=platform, number=number)
        await workflow.execute_activity_method(Remind.run, reminder, **self._order.policies.call.options)
        self._reminders += 1

    async def _synchronise(self, platform: Platform) -> int:
        order = SynchronisationOrder(client=self._order.client, platform=platform, policies=self._order.policies)
        result = await workflow.execute_child_workflow(
            Synchronisation.run,
            order,
            id=synchronisation_id(order.client, platform),
            search_attributes=workflow.info().typed_search_attributes,
        )
        return result.records

    async def _schedule(self, platform: Platform) -> None:
        scheduled = Scheduled(client=self._order.client, platform=platform, every=self._order.synchronise_every)
        await workflow.execute_activity_method(
            ScheduleSynchronisation.run, scheduled, **self._order.policies.call.options
        )

    async def _take_back(self) -> None:
        begun = [step for step, state in self._steps.items() if state is not StepState.WAITING]
        for step, state in self._steps.items():
            if state is StepState.RUNNING:
                self._steps[step] = StepState.FAILED
        # Whoever changes the contact meanwhile has begun before, and ends first.
        async with self._contact_in_use:
            for step in undo_order(begun):
                self._steps[step] = StepState.UNDOING
                try:
                    await self._undo(step)
                except ActivityError as error:
                    workflow.logger.error("step %s is left behind: %s", step, reason(error))
                    self._steps[step] = StepState.LEFT_BEHIND
                else:
                    self._steps[step] = StepState.UNDONE

    async def _undo(self, step: Step) -> None:
        options = self._order.policies.undo.options
        client = self._order.client
        connections = [Connection(client=client, platform=platform) for platform in self._order.platforms]
        match step:
            case Step.CLIENT:
                await workflow.execute_activity_method(RemoveClient.run, client, **options)
            case Step.TENANT:
                await workflow.execute_activity_method(RemoveTenant.run, client, **options)
            case Step.CONNECTIONS:
                await together(
                    workflow.execute_activity_method(DisconnectPlatform.run, one, **options) for one in connections
                )
            case _:
                await together(
                    workflow.execute_activity_method(UnscheduleSynchronisation.run, one, **options)
                    for one in connections
                )

    def _tenant(self) -> Tenant:
        return Tenant(client=self._order.client, contact=self._contact, tier=self._order.tier)

    def _begin(self, step: Step) -> None:
        self._steps[step] = StepState.RUNNING

    def _end(self, step: Step) -> None:
        self._steps[step] = StepState.DONE
