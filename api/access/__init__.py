"""Who may see what: the table of doors, and what each seat is shown behind them."""
