"""When somebody will be there, learned from finished trips; how sure that was, checked afterwards."""
