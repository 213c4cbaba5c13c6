"""Seals made, published outside the database, and handed out so that anybody can check them; docs/seals.md."""
