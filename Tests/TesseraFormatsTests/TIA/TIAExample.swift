/// Files of TIA by hand.
enum TIAExample {
  /// A document that holds no image itself.
  static let document: [UInt8] = [0x4A, 0x4B, 0, 2, 0, 0] + Array("<ObjectInfo></ObjectInfo>".utf8)

  /// A series of 2 x 2 images of 16 bits; offsets of 32 or 64 bits.
  static func series(isLarge: Bool, images: [[UInt16]], step: Double = 2e-11) -> [UInt8] {
    let head: [UInt8] =
      [0x49, 0x49, 0x97, 0x01] + bytes(UInt16(isLarge ? 0x0220 : 0x0210)) + bytes(UInt32(0x4122))
      + bytes(UInt32(0x4152))
      + bytes(UInt32(images.count)) + bytes(UInt32(images.count))
    let dimension: [UInt8] =
      bytes(UInt32(images.count)) + bytes(Double(0).bitPattern) + bytes(Double(1).bitPattern) + bytes(UInt32(0))
      + bytes(UInt32(6)) + Array("Number".utf8) + bytes(UInt32(0))
    let start = head.count + (isLarge ? 8 : 4) + 4 + dimension.count
    let table = images.count * (isLarge ? 8 : 4)
    var offsets: [UInt8] = []
    var data: [UInt8] = []
    for image in images {
      let place = start + table + data.count
      offsets += isLarge ? bytes(UInt64(place)) : bytes(UInt32(place))
      for _ in 0..<2 { data += bytes(Double(0).bitPattern) + bytes(step.bitPattern) + bytes(UInt32(0)) }
      data += bytes(UInt16(2)) + bytes(UInt32(2)) + bytes(UInt32(2)) + image.flatMap { bytes($0) }
    }
    return head + (isLarge ? bytes(UInt64(start)) : bytes(UInt32(start))) + bytes(UInt32(1)) + dimension + offsets
      + data
  }
}
