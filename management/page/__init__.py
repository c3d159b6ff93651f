"""The page, served beside the endpoints. Its routes go into `router`; `application()` includes it at the root."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
