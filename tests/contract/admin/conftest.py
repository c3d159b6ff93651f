from tests.standin import kong, standin

__all__ = ["kong", "standin"]
