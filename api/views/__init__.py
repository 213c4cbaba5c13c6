"""What is known, as the forms that go out."""
