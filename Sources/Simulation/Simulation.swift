/// Seeded worlds in which the whole product runs in one process.
public enum Simulation {}
