"""The program: command line, application, settings, identity, the agent's process."""
