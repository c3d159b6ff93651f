"""What activities call, small and honest: OmniFy's API and as much of Keycloak's as they use.

It keeps what a real one would keep, knows a request that comes again by its idempotency key, refuses what a real one
refuses, counts every effect, and fails on request (`faults`), also after the effect and before the answer.
"""
