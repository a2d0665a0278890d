public import AWSClient
import JSON

/// A message of a conversation as the ledger keeps it: in the row, or in the blob store when it is large.
public enum StoredMessage: Sendable, Equatable {
  case inline(Message)
  case spilled(role: Message.Role, PayloadReference)

  public var role: Message.Role {
    switch self {
    case .inline(let message): message.role
    case .spilled(let role, _): role
    }
  }

  /// Size of the message's JSON in bytes.
  public var byteCount: Int {
    switch self {
    case .inline(let message): message.byteCount
    case .spilled(_, let reference): reference.byteCount
    }
  }
}
