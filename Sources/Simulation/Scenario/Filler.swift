/// Text that only has a length.
enum Filler {
  /// The beginning, and that many bytes more. What follows has what JSON must escape, and letters of more than one byte.
  static func text(_ beginning: String, extraBytes: Int) -> String {
    guard extraBytes > 0 else { return beginning }
    return beginning + String(repeating: piece, count: extraBytes / pieceBytes) + String(repeating: ".", count: extraBytes % pieceBytes)
  }

  /// A text of that many bytes; at least one.
  static func text(byteCount: Int) -> String { byteCount > 1 ? text(".", extraBytes: byteCount - 1) : "." }

  private static let piece = " é\"\\\n0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ €"
  private static let pieceBytes = piece.utf8.count
}
