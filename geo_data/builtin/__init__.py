"""The built-in Guangzhou: hand-compiled tables of facts and the code that turns them into a network (示意路网)."""
