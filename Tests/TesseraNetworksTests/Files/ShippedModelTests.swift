import Foundation
import TesseraNetworks
import TestSupport
import Testing

struct `The network of the program` {
  @Test func `is the file of the repository`() throws {
    let file = Repository.root.appending(path: "Sources/CModels/atoms.tessera-model").path
    let read = try NetworkModel(readFrom: file, kind: .atoms)
    #expect(NetworkModel.shippedAtoms == read)
    #expect(NetworkModel.shippedAtoms.checksum == read.checksum)
  }

  @Test func `gives one map and a spacing`() throws {
    let maps = try NetworkModel.shippedAtoms.maps(of: randomImage(width: 61, height: 47))
    #expect(maps.maps.count == 1 && maps.maps[0].width == 61)
    #expect(maps.maps[0].values.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(try #require(maps.spacing).isFinite)
  }
}
