"""Rules about answers, what they answer, and pairs of a better and a worse one."""
