"""The retraining of a model of EYES.

    collect data ─▶ train (heartbeats; a cancel ends it) ─▶ evaluate ─▶ ┌ worse ─────────────────────────▶ roll back
                                                                        ├ changes little ────────────────▶ promote
                                                                        └ changes much ─▶ ask a person ─▶ either

No word in time is a no. A failure for good, or a cancel, after training rolls back.
"""

import asyncio

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from omnify_workflows.retraining.activities.ask_approval import AskApproval
    from omnify_workflows.retraining.activities.collect_data import CollectData
    from omnify_workflows.retraining.activities.evaluate import Evaluate
    from omnify_workflows.retraining.activities.promote import Promote
    from omnify_workflows.retraining.activities.roll_back import RollBack
    from omnify_workflows.retraining.activities.train import Train
    from omnify_workflows.retraining.decisions import verdict, why
    from omnify_workflows.retraining.models import (
        Approval,
        Candidate,
        Collection,
        Evaluation,
        Progress,
        Question,
        Retrained,
        RetrainingOrder,
        Stage,
        Training,
        Verdict,
    )


@workflow.defn(name="Retraining")
class Retraining:
    """Trains a model again; see this module for its steps."""

    @workflow.init
    def __init__(self, order: RetrainingOrder) -> None:
        self._order = order
        self._call = order.policies.call.options
        self._progress = Progress(stage=Stage.COLLECTING)
        self._approval: Approval | None = None

    @workflow.run
    async def run(self, order: RetrainingOrder) -> Retrained:
        """Train, judge, and promote or roll back."""
        collection = Collection(model=order.model, since=order.since, until=workflow.now())
        dataset = await workflow.execute_activity_method(CollectData.run, collection, **self._call)
        self._at(Stage.TRAINING, rows=dataset.rows)
        training = Training(model=order.model, dataset=dataset.dataset, look_every=order.look_every)
        options = order.policies.training.options
        # A cancelled retraining ends when its training has ended.
        options["cancellation_type"] = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
        candidate = await workflow.execute_activity_method(Train.run, training, **options)
        self._at(Stage.EVALUATING, candidate=candidate.candidate)
        try:
            result = await self._judged(candidate)
        except (FailureError, asyncio.CancelledError):
            await self._roll_back(candidate)
            raise
        self._at(Stage.ENDED)
        return result

    @workflow.query
    def progress(self) -> Progress:
        """How far it is."""
        return self._progress.model_copy(update={"approval": self._approval})

    @workflow.signal
    def decide(self, approval: Approval) -> None:
        """A person's word. The first one counts; it may come before it is asked for."""
        if self._approval is None:
            self._approval = approval
        else:
            workflow.logger.info("%s decides after %s has", approval.by, self._approval.by)

    async def _judged(self, candidate: Candidate) -> Retrained:
        evaluation = await workflow.execute_activity_method(Evaluate.run, candidate, **self._call)
        self._at(Stage.EVALUATING, evaluation=evaluation)
        judged = verdict(evaluation, self._order.approve_above)
        asked = judged is Verdict.ASK
        approval = await self._approved(candidate, evaluation) if asked else None
        promoted = judged is Verdict.PROMOTE or (approval is not None and approval.approved)
        if promoted:
            self._at(Stage.PROMOTING)
            await workflow.execute_activity_method(Promote.run, candidate, **self._call)
        else:
            await self._roll_back(candidate)
        return Retrained(
            model=self._order.model,
            promoted=promoted,
            candidate=candidate.candidate,
            evaluation=evaluation,
            why=why(evaluation, asked, approval),
            approval=approval,
        )

    async def _approved(self, candidate: Candidate, evaluation: Evaluation) -> Approval | None:
        self._at(Stage.APPROVAL)
        question = Question(
            model=self._order.model,
            candidate=candidate.candidate,
            evaluation=evaluation,
            workflow=workflow.info().workflow_id,
        )
        await workflow.execute_activity_method(AskApproval.run, question, **self._call)
        try:
            await workflow.wait_condition(lambda: self._approval is not None, timeout=self._order.approve_within)
        except TimeoutError:
            return None
        return self._approval

    async def _roll_back(self, candidate: Candidate) -> None:
        self._at(Stage.ROLLING_BACK)
        await workflow.execute_activity_method(RollBack.run, candidate, **self._order.policies.undo.options)

    def _at(self, stage: Stage, **what: object) -> None:
        self._progress = self._progress.model_copy(update={"stage": stage, **what})
