"""Rules about boxes of objects in pictures, and about the files that they are written in."""

IDS = ("image_id",)
"""What a rule about ids asks for: formats that state none have none that could be wrong."""
