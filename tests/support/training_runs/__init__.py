"""Small trainings as people write them: healthy ones with what is often mistaken for a fault, and ones with a planted fault."""
