/// Hashes of contents, for callers that tell texts apart by them.
public enum ContentHash {
  /// SHA-256 as 64 hexadecimal digits in lower case.
  /// - Throws: `AWSError` with code `InvalidConfiguration` when libcrypto has no SHA-256 to offer.
  public static func sha256(_ bytes: [UInt8]) throws(AWSError) -> String {
    do throws(SigningError) { return Hexadecimal.encode(try SHA256.hash(bytes)) } catch {
      throw AWSError.configuration("libcrypto cannot make SHA-256 hashes; is it restricted by its configuration?")
    }
  }
}
