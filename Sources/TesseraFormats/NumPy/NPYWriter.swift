import Foundation

/// Writes NumPy array files (`.npy`, version 1.0, little-endian, row-major).
public enum NPYWriter {
  /// Writes single-precision values, row-major; `shape` must have as many elements.
  public static func write(_ values: [Float], shape: [Int], to path: String, replacing: Bool = false) throws {
    precondition(shape.reduce(1, *) == values.count, "the shape must have as many elements as there are values")
    try stream(type: .float32, shape: shape, to: path, replacing: replacing) { emit in
      try emit(values.span.bytes)
    }
  }

  /// Writes an image, or a stack frame by frame, in the stack's own type.
  public static func write(_ stack: ImageStack, to path: String, replacing: Bool = false) throws {
    let shape = (stack.count > 1 ? [stack.count] : []) + [stack.height, stack.width]
    try stream(type: stack.type, shape: shape, to: path, replacing: replacing) { try stack.emitFrames($0) }
  }

  /// Writes values of any type in pieces: `produce` calls `emit` with consecutive little-endian bytes.
  static func stream(
    type: ScalarType, shape: [Int], to path: String, replacing: Bool,
    _ produce: ((RawSpan) throws -> Void) throws -> Void
  ) throws {
    try AtomicOutput.file(at: path, replacing: replacing) { temporary in
      let output = try OutputBytes(path: temporary, for: path)
      try output.write(NPYHeader.bytes(type: type, shape: shape))
      try produce { try output.write($0) }
      try output.close()
    }
  }
}
