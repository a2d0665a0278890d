extension Mutant {
  /// All of them: the original's ten defects, and what else may go wrong in such a program.
  static let all = delegation + continuation + ending + silence + spending + payloads + working
}
