"""The management API in a rehearsal: the sandbox's engine for it, and the application beside a stand-in for Kong."""
