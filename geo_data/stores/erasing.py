"""What lets a transaction delete from tables that otherwise only grow."""

from sqlalchemy import Connection, text


def erasing(connection: Connection) -> None:
    """Say that this transaction erases what retention or a person's right wants gone; ends with the transaction."""
    connection.execute(text("SELECT set_config('gz.erasing', 'yes', true)"))
