/// Which addresses a request may be sent to.
///
/// The transport looks at the address that it is about to connect to, and not at what a name meant before, so that a name whose address
/// changes in between gains nothing.
public enum AddressRule: Sendable, Equatable {
  case any
  /// Those of the public Internet: `IPAddress.isPublic`.
  case publicOnly
  /// This one and no other.
  case only(IPAddress)

  func admits(_ address: IPAddress) -> Bool {
    switch self {
    case .any: true
    case .publicOnly: address.isPublic
    case .only(let other): address == other
    }
  }
}

extension AWSError {
  /// Each address of the host is one that the request's `AddressRule` refuses; nothing was sent.
  public static let addressRefusedCode = "AddressRefused"
  /// The answer's body is longer than the request allows.
  public static let responseTooLargeCode = "ResponseTooLarge"
}
