import TesseraNumerics

/// Turns stored values, little-endian and densely packed, into the numbers that methods compute with.
enum SampleConversion {
  /// Calls `body` with each value in order: a real number as it is, a complex number as its amplitude.
  @inline(__always)
  static func forEach(_ bytes: RawSpan, as type: ScalarType, _ body: (Double) -> Void) {
    switch type {
    case .bool: load(bytes, UInt8.self) { body($0 == 0 ? 0 : 1) }
    case .int8: load(bytes, Int8.self) { body(Double($0)) }
    case .int16: load(bytes, Int16.self) { body(Double($0)) }
    case .int32: load(bytes, Int32.self) { body(Double($0)) }
    case .int64: load(bytes, Int64.self) { body(Double($0)) }
    case .uint8: load(bytes, UInt8.self) { body(Double($0)) }
    case .uint16: load(bytes, UInt16.self) { body(Double($0)) }
    case .uint32: load(bytes, UInt32.self) { body(Double($0)) }
    case .uint64: load(bytes, UInt64.self) { body(Double($0)) }
    case .float16: load(bytes, UInt16.self) { body(Double(single(half: $0))) }
    case .float32: load(bytes, UInt32.self) { body(Double(Float(bitPattern: $0))) }
    case .float64: load(bytes, UInt64.self) { body(Double(bitPattern: $0)) }
    case .complex64:
      load(bytes, UInt64.self) {
        let real = Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0)))
        let imaginary = Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0 >> 32)))
        body((real * real + imaginary * imaginary).squareRoot())
      }
    case .complex128:
      var real: Double?
      load(bytes, UInt64.self) {
        let part = Double(bitPattern: $0)
        if let first = real {
          body((first * first + part * part).squareRoot())
          real = nil
        } else {
          real = part
        }
      }
    }
  }

  /// Appends the values to `pixels`, each as `Float`.
  static func append(_ bytes: RawSpan, as type: ScalarType, to pixels: inout [Float]) {
    switch type {
    // The common types have loops of their own, which vectorise.
    case .uint8: load(bytes, UInt8.self) { pixels.append(Float($0)) }
    case .uint16: load(bytes, UInt16.self) { pixels.append(Float($0)) }
    case .int16: load(bytes, Int16.self) { pixels.append(Float($0)) }
    case .float32: load(bytes, UInt32.self) { pixels.append(Float(bitPattern: $0)) }
    default: forEach(bytes, as: type) { pixels.append(Float($0)) }
    }
  }

  /// Appends one value per pixel of interleaved colours: the luminance of red, green, blue; any further channel is left out.
  ///
  /// Y = 0.299 R + 0.587 G + 0.114 B. Source: ITU-R BT.601-7, section 2.5.1. Equal channels give their value as it is.
  /// - Parameter chroma: gets the difference of the largest and the smallest channel of each pixel, from the first pixel on that has a
  ///   colour; empty as long as all are grey.
  static func appendLuminance(
    _ bytes: RawSpan, as type: ScalarType, channels: Int, to pixels: inout [Float], chroma: inout [Float]
  ) {
    var channel = 0
    var (red, green) = (0.0, 0.0)
    forEach(bytes, as: type) { value in
      switch channel {
      case 0: red = value
      case 1: green = value
      case 2:
        let isGrey = red == green && green == value || red.isNaN && green.isNaN && value.isNaN
        if !isGrey && chroma.isEmpty { chroma = [Float](repeating: 0, count: pixels.count) }
        pixels.append(Float(isGrey ? value : 0.299 * red + 0.587 * green + 0.114 * value))
        if !isGrey || !chroma.isEmpty {
          chroma.append(isGrey ? 0 : Float(max(red, green, value) - min(red, green, value)))
        }
      default: break
      }
      channel = channel + 1 == channels ? 0 : channel + 1
    }
  }

  /// Appends the first of `channels` interleaved values of each pixel.
  static func appendFirst(_ bytes: RawSpan, as type: ScalarType, channels: Int, to pixels: inout [Float]) {
    var channel = 0
    forEach(bytes, as: type) { value in
      if channel == 0 { pixels.append(Float(value)) }
      channel = channel + 1 == channels ? 0 : channel + 1
    }
  }

  /// IEEE 754 half precision in single precision. Source: IEEE 754-2019, section 3.4.
  static func single(half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let exponent = UInt32(half >> 10 & 0x1F)
    let fraction = UInt32(half & 0x3FF)
    switch exponent {
    case 0: return Float(sign: sign == 0 ? .plus : .minus, exponent: -24, significand: Float(fraction))
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  @inline(__always)
  private static func load<Value: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: RawSpan, _ type: Value.Type, _ body: (Value) -> Void
  ) {
    let size = MemoryLayout<Value>.size
    for index in 0..<bytes.byteCount / size {
      // In bounds by the loop's limit; the type is an integer, for which every bit pattern is a value.
      body(Value(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index * size, as: Value.self)))
    }
  }
}
