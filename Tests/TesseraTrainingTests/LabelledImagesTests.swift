import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraTraining
import Testing

@Suite("Labelled images to train on") struct LabelledImagesTests {
  /// An image with round spots at known places, all different.
  private func entry(_ name: String, seed: UInt64, side: Int = 160) -> LabelledImages.Entry {
    var random = RandomSource(seed: seed)
    let places = (0..<20).map { _ in Point(random.uniform(), random.uniform()) * Double(side - 1) }
    var pixels = Raster<Float>(width: side, height: side, filling: 0)
    for y in 0..<side {
      for x in 0..<side {
        let here = Point(Double(x), Double(y))
        pixels[x, y] = Float(places.reduce(0.0) { max($0, exp(-($1 - here).squaredLength / 8)) })
      }
    }
    return .init(name: name, pixels: pixels, columns: places, sigma: 2)
  }

  @Test("parts turn, mirror and magnify image and labels together") func parts() {
    let images = LabelledImages([entry("a", seed: 1), entry("b", seed: 2)])
    var (sizes, all) = (Set<Double>(), 0)
    for index in 0..<60 {
      let part = images.part(index, side: 96, seed: 5, held: false)
      #expect(part.pixels.width == 96 && part.pixels.height == 96)
      sizes.insert(part.sigma)
      for place in part.columns where (3...92).contains(place.x) && (3...92).contains(place.y) {
        all += 1
        let value = part.pixels[Int(place.x.rounded()), Int(place.y.rounded())]
        #expect(value > 0.85, "part \(index) at \(place)")
      }
    }
    #expect(all > 100 && sizes.count > 10 && sizes.contains(2))
    #expect(images.part(3, side: 96, seed: 5, held: false) == images.part(3, side: 96, seed: 5, held: false))
    #expect(images.part(3, side: 96, seed: 5, held: false) != images.part(3, side: 96, seed: 6, held: false))
  }

  @Test("every fourth image is held back, if there are four") func split() {
    let few = LabelledImages((1...3).map { entry("\($0)", seed: $0) })
    #expect(few.split.trained == [0, 1, 2] && few.split.held == [0, 1, 2])
    let more = LabelledImages((1...9).map { entry("\($0)", seed: $0, side: 96) })
    #expect(more.split.held == [3, 7] && more.split.trained == [0, 1, 2, 4, 5, 6, 8])
  }

  @Test("a checkpoint knows them by name and checksum") func coding() throws {
    let images = LabelledImages([entry("a", seed: 1)])
    let read = try JSONDecoder().decode(LabelledImages.self, from: JSONEncoder().encode(images))
    #expect(read == images && read.entries.isEmpty && read.labelCount == 20)
    var other = entry("a", seed: 1)
    other.columns[3] = other.columns[3] + Point(0.01, 0)
    #expect(LabelledImages([other]) != images)
    #expect(LabelledImages([entry("b", seed: 1)]) != images)
  }
}
