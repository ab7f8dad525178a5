/// The type of one stored value, by its NumPy name.
public enum ScalarType: String, Sendable, Codable, CaseIterable {
  /// One byte: 0 for false, otherwise true.
  case bool
  /// Signed integers of 8 ... 64 bits.
  case int8, int16, int32, int64
  /// Unsigned integers of 8 ... 64 bits.
  case uint8, uint16, uint32, uint64
  /// IEEE 754 numbers of half, single and double precision.
  case float16, float32, float64
  /// Pairs of real and imaginary part, in single and double precision; the names count the bits of both.
  case complex64, complex128

  /// Bytes a value.
  public var size: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64, .complex64: 8
    case .complex128: 16
    }
  }

  /// Whether a value is a pair of real and imaginary part.
  public var isComplex: Bool { self == .complex64 || self == .complex128 }

  /// Bytes that change places when the byte order changes: a complex number is two real ones.
  package var swappedSize: Int { isComplex ? size / 2 : size }

  /// NumPy's letter and size, without the byte order: `f4`.
  package var numpyCode: String {
    switch self {
    case .bool: "b1"
    case .int8, .int16, .int32, .int64: "i\(size)"
    case .uint8, .uint16, .uint32, .uint64: "u\(size)"
    case .float16, .float32, .float64: "f\(size)"
    case .complex64, .complex128: "c\(size)"
    }
  }

  package init?(numpyCode: some StringProtocol) {
    guard let type = Self.allCases.first(where: { $0.numpyCode == numpyCode }) else { return nil }
    self = type
  }

  /// A signed or unsigned integer of this many bits: 8, 16, 32 or 64.
  package init?(bits: Int, signed: Bool) {
    self.init(rawValue: "\(signed ? "" : "u")int\(bits)")
  }
}
