"""What a retraining decides without asking anybody."""

from omnify_workflows.retraining.models import Approval, Evaluation, Verdict


def verdict(evaluation: Evaluation, approve_above: float) -> Verdict:
    """What to do with a candidate: one that is worse goes, one that changes much is for a person to judge."""
    if evaluation.score < evaluation.current:
        return Verdict.ROLL_BACK
    return Verdict.ASK if evaluation.changed > approve_above else Verdict.PROMOTE


def why(evaluation: Evaluation, asked: bool, approval: Approval | None) -> str:
    """Why a candidate was promoted or rolled back, for people."""
    scores = f"{evaluation.score:.3f} beside {evaluation.current:.3f}"
    if evaluation.score < evaluation.current:
        return f"it is worse: {scores}"
    if not asked:
        return f"it is as good or better: {scores}, and decides {evaluation.changed:.1%} otherwise"
    if approval is None:
        return "nobody approved it in time"
    said = f": {approval.reason}" if approval.reason else ""
    return f"{approval.by} {'approved' if approval.approved else 'refused'} it{said}"
