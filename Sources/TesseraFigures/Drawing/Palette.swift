import TesseraNumerics

/// At most 256 colours that stand for all colours of an image: weighted median cut.
///
/// Colours are counted in cubes of 4 levels a channel; the box with the largest squared error is halved at its
/// weighted median along its longest side until 256 boxes are left, and each box takes its mean colour.
/// Source: Heckbert, Computer Graphics 16 (1982) 297, with Wu's choice of the box to split (by error, not by count).
struct Palette {
  /// 0x00RRGGBB.
  let colors: [UInt32]
  private let indexOfCube: [UInt8]

  private struct Cube {
    var red = 0.0, green = 0.0, blue = 0.0, count = 0.0
    var number = 0
    func channel(_ axis: Int) -> Double { (axis == 0 ? red : axis == 1 ? green : blue) / count }
  }

  init(of pixels: Raster<UInt32>) {
    var cubes = [SIMD4<Int32>](repeating: .zero, count: 1 << 18)
    for pixel in pixels.values {
      cubes[Self.cube(of: pixel)] &+= SIMD4(Int32(pixel >> 16 & 255), Int32(pixel >> 8 & 255), Int32(pixel & 255), 1)
    }
    var used: [Cube] = []
    for (number, sum) in cubes.enumerated() where sum.w > 0 {
      used.append(
        Cube(red: Double(sum.x), green: Double(sum.y), blue: Double(sum.z), count: Double(sum.w), number: number))
    }
    var boxes = [Self.split(used[...])]
    while boxes.count < 256 {
      guard let worst = boxes.indices.max(by: { boxes[$0].error < boxes[$1].error }), boxes[worst].error > 0 else {
        break
      }
      let (low, high) = boxes[worst].halves
      boxes[worst] = Self.split(low)
      boxes.append(Self.split(high))
    }
    var index = [UInt8](repeating: 0, count: 1 << 18)
    for (number, box) in boxes.enumerated() { for cube in box.members { index[cube.number] = UInt8(number) } }
    indexOfCube = index
    colors = boxes.map(\.mean)
  }

  func index(of pixel: UInt32) -> UInt8 { indexOfCube[Self.cube(of: pixel)] }

  private static func cube(of pixel: UInt32) -> Int {
    Int(pixel >> 18 & 63) << 12 | Int(pixel >> 10 & 63) << 6 | Int(pixel >> 2 & 63)
  }

  /// Cubes that share one colour, sorted along the axis on which they spread most.
  private struct Box {
    var members: ArraySlice<Cube>
    /// Sum of squared distances from the mean along the axis.
    var error: Double
    /// Where the axis' weighted median lies; strictly inside.
    var middle: Int

    var halves: (ArraySlice<Cube>, ArraySlice<Cube>) { (members[..<middle], members[middle...]) }
    var mean: UInt32 {
      let weight = members.reduce(0) { $0 + $1.count }
      func byte(_ sum: Double) -> UInt32 { UInt32((sum / weight).rounded()) }
      return byte(members.reduce(0) { $0 + $1.red }) << 16 | byte(members.reduce(0) { $0 + $1.green }) << 8
        | byte(members.reduce(0) { $0 + $1.blue })
    }
  }

  private static func split(_ cubes: ArraySlice<Cube>) -> Box {
    guard cubes.count > 1 else { return Box(members: cubes, error: 0, middle: cubes.endIndex) }
    let weight = cubes.reduce(0) { $0 + $1.count }
    let errors = (0..<3).map { axis in
      let mean = cubes.reduce(0) { $0 + $1.channel(axis) * $1.count } / weight
      return cubes.reduce(0) { $0 + ($1.channel(axis) - mean) * ($1.channel(axis) - mean) * $1.count }
    }
    let axis = errors.indices.max { errors[$0] < errors[$1] }!
    let sorted = cubes.sorted { ($0.channel(axis), $0.number) < ($1.channel(axis), $1.number) }[...]
    var (below, middle) = (0.0, 0)
    while middle < sorted.count - 1 && (middle == 0 || below < weight / 2) {
      below += sorted[middle].count
      middle += 1
    }
    return Box(members: sorted, error: max(errors[axis], 1e-9), middle: middle)
  }
}
