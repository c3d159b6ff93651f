"""What a real one would refuse."""


class Refusal(Exception):  # noqa: N818 (an answer rather than an error)
    """A request is answered with a failure."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
