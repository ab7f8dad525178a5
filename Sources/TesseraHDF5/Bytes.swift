/// Bytes as text: UTF-8 where valid, otherwise Latin-1, so that nothing is lost or refused.
package func plainText(_ bytes: some Sequence<UInt8>) -> String {
  let bytes = Array(bytes)
  return String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

/// The text in a buffer of C, up to its first zero.
package func plainText(_ buffer: [CChar]) -> String {
  plainText(buffer.lazy.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
}

/// The product of sizes; nil if one is negative or the product overflows.
package func checkedProduct(_ sizes: some Sequence<Int>) -> Int? {
  var product = 1
  for size in sizes {
    let (next, overflow) = product.multipliedReportingOverflow(by: size)
    if overflow || size < 0 { return nil }
    product = next
  }
  return product
}

/// Reverses the bytes of each value.
package func swapBytes(_ bytes: inout [UInt8], size: Int) {
  guard size > 1 else { return }
  var start = 0
  while start + size <= bytes.count {
    for index in 0..<size / 2 { bytes.swapAt(start + index, start + size - 1 - index) }
    start += size
  }
}
