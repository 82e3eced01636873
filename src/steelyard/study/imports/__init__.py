"""Results that people already have: tables, MLflow runs, TensorBoard folders."""
