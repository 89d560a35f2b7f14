"""From Python source to the intermediate representation."""
