"""Who may sign in, and for whom: what the administrator's page and the command line do alike, each act kept as a fact."""
