"""Rules about spans of texts: questions, and the answers to them."""
