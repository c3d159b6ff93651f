"""OmniFy's workflows on Temporal, and their worker, router and commands.

Each workflow's folder has its steps (`workflow.py`), what goes in and out (`models.py`), what it decides without
asking anybody (`decisions.py`), and a module for each activity. Nothing here imports anything of the gateway but the
router, which judges tokens as the management API does.
"""
