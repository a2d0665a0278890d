extension World.Result {
  /// How many faults happened.
  public var faultCount: Int { faults.values.reduce(0, +) }
}
