"""What was found while a model was trained: findings with codes, numbers and a way out."""
