/// Writes MRC files as the standard of 2014 wants them: mode 2 (single precision) or 6 (16 bits), little-endian.
///
/// Rows are written from the top, as mrcfile and RosettaSciIO read them.
public enum MRCWriter {
  /// Writes an image or a stack of `uint16` or `float32` values.
  ///
  /// - Parameters:
  ///   - stack: one image or more, in the order in which they are written.
  ///   - path: of the file.
  ///   - replacing: whether an existing file gives way.
  /// - Throws: `FormatError` where the file exists, cannot be written, or would need more than 2³¹ - 1 pixels along an
  ///   axis or as many frames; what reading a frame throws.
  public static func write(_ stack: ImageStack, to path: String, replacing: Bool = false) throws {
    precondition(stack.type == .uint16 || stack.type == .float32, "MRC files hold no integers of 32 bits")
    guard stack.width <= Int32.max, stack.height <= Int32.max, stack.count <= Int32.max else {
      throw FormatError(.cannotWrite, "\(path): an MRC file cannot hold so many pixels; write .hspy instead")
    }
    try AtomicOutput.file(at: path, replacing: replacing) { temporary in
      let output = try OutputBytes(path: temporary, for: path)
      try output.write(header(of: stack))
      try stack.emitFrames { try output.write($0) }
      try output.close()
    }
  }

  /// Source: Cheng et al., J. Struct. Biol. 192 (2015) 146, table 1. The statistics are left unknown: a maximum below
  /// the minimum and a mean below both say so.
  private static func header(of stack: ImageStack) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 1024)
    func put(integer value: Int, at offset: Int) {
      for index in 0..<4 { header[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
    func put(_ value: Double, at offset: Int) { put(integer: Int(Float(value).bitPattern), at: offset) }
    let sizes = [stack.width, stack.height, stack.count]
    for (index, size) in sizes.enumerated() {
      put(integer: size, at: 4 * index)
      put(integer: size, at: 28 + 4 * index)
      put(90, at: 52 + 4 * index)
      put(integer: index + 1, at: 64 + 4 * index)
    }
    put(integer: stack.type == .uint16 ? 6 : 2, at: 12)
    if let calibration = stack.calibration {
      put(calibration.nanometresPerPixelX * 10 * Double(stack.width), at: 40)
      put(calibration.nanometresPerPixelY * 10 * Double(stack.height), at: 44)
      put(calibration.meanNanometresPerPixel * 10 * Double(stack.count), at: 48)
    }
    put(-1, at: 80)
    put(-2, at: 84)
    put(-1, at: 216)
    put(integer: 20141, at: 108)
    header.replaceSubrange(208..<212, with: Array("MAP ".utf8))
    header.replaceSubrange(212..<214, with: [0x44, 0x44])
    put(integer: 1, at: 220)
    header.replaceSubrange(224..<224 + 20, with: Array("Written by Tessera  ".utf8))
    return header
  }
}
