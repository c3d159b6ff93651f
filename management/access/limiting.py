"""How many requests each caller may send in a minute. Counted in this process."""

from enum import StrEnum

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from management.settings import ManagementSettings


class Budget(StrEnum):
    """What is counted apart."""

    READS = "reads"
    CHANGES = "changes"
    STRANGERS = "strangers"


class Budgets:
    """The budgets of everybody."""

    def __init__(self, settings: ManagementSettings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._items = {
            Budget.READS: RateLimitItemPerMinute(settings.reads_per_minute),
            Budget.CHANGES: RateLimitItemPerMinute(settings.changes_per_minute),
            Budget.STRANGERS: RateLimitItemPerMinute(settings.strangers_per_minute),
        }

    async def spend(self, budget: Budget, who: str) -> bool:
        """Count a request, and tell whether there was room for it."""
        return await self._limiter.hit(self._items[budget], budget, who)

    async def is_spent(self, budget: Budget, who: str) -> bool:
        """Whether there is no room left."""
        return not await self._limiter.test(self._items[budget], budget, who)

    def allowed(self, budget: Budget) -> int:
        """How many requests a minute has room for."""
        return self._items[budget].amount
