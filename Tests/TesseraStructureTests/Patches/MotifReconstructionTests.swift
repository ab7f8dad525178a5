import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

@Suite("Motif reconstruction")
struct MotifReconstructionTests {
  /// Gaussians of two heights on a square grid that does not fall on the pixels.
  private static func crystal() -> (image: Raster<Float>, sites: [Point], labels: [Int]) {
    var image = Raster<Float>(width: 160, height: 150, filling: 0)
    var (sites, labels) = ([Point](), [Int]())
    for j in 0..<12 {
      for i in 0..<13 {
        let centre = Point(6.3 + 12.25 * Double(i), 5.7 + 12.25 * Double(j))
        let isTall = (i + j).isMultiple(of: 2)
        sites.append(centre)
        labels.append(isTall ? 1 : 2)
        for y in 0..<150 {
          for x in 0..<160 {
            let d = Point(Double(x), Double(y)) - centre
            image[x, y] += Float((isTall ? 3.0 : 1.0) * exp(-d.squaredLength / (2 * 2.5 * 2.5)))
          }
        }
      }
    }
    return (image, sites, labels)
  }

  @Test("a perfect crystal is rebuilt from its two motifs")
  func perfectCrystal() {
    let (image, sites, labels) = Self.crystal()
    let patches = Patches(of: image, around: sites, side: 25)
    let rebuilt = MotifReconstruction(of: patches, labels: labels, width: 160, height: 150).image
    // A site without a patch gives nothing, so the corners are unknown; the middle is covered.
    #expect(rebuilt[0, 0].isNaN)
    var worst: Float = 0
    for y in 20..<130 {
      for x in 20..<140 { worst = max(worst, abs(rebuilt[x, y] - image[x, y])) }
    }
    #expect(worst < 0.05, "largest difference \(worst) of a height of 3")
  }

  @Test("what the classes do not know stays in the residual")
  func missingColumn() {
    var (image, sites, labels) = Self.crystal()
    let odd = 6 * 13 + 6
    for y in 0..<150 {
      for x in 0..<160 {
        let d = Point(Double(x), Double(y)) - sites[odd]
        image[x, y] -= Float(3 * exp(-d.squaredLength / (2 * 2.5 * 2.5)))
      }
    }
    let patches = Patches(of: image, around: sites, side: 25)
    let (x, y) = (Int(sites[odd].x.rounded()), Int(sites[odd].y.rounded()))
    let merged = MotifReconstruction(of: patches, labels: labels, width: 160, height: 150).image
    #expect(merged[x, y] - image[x, y] > 1.5)
    // With classes for the gap and for its neighbours, the gap is a motif like any other.
    for i in sites.indices where (sites[i] - sites[odd]).length < 18 { labels[i] = i == odd ? 3 : 4 + i }
    let told = MotifReconstruction(of: patches, labels: labels, width: 160, height: 150).image
    #expect(abs(told[x, y] - image[x, y]) < 0.1)
  }
}
