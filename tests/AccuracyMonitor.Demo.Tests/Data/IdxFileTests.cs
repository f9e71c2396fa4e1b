using System.IO.Compression;
using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Demo.Tests.Data;

public sealed class IdxFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("idx-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_plain_and_gzip_files(bool zipped)
    {
        var path = Write([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6], zipped);

        var array = IdxFile.Read(path);

        array.Dimensions.ShouldBe([2, 3]);
        array.Values.ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Theory]
    [InlineData("00000801", "too short for its dimensions")]
    [InlineData("0000080100000003AABB", "shorter than its header says")]
    [InlineData("0000080100000001AABB", "longer than its header says")]
    [InlineData("00000D0100000001AA", "floats, not bytes")]
    [InlineData("0000080000000001AA", "no dimension")]
    [InlineData("00000801FFFFFFFFAA", "a negative dimension")]
    [InlineData("000008037FFFFFFF7FFFFFFF7FFFFFFFAA", "a product that overflows")]
    [InlineData("1F8B0800", "truncated gzip")]
    [InlineData("", "empty")]
    public void A_damaged_file_is_refused_by_name(string hex, string what)
    {
        var path = Write(Convert.FromHexString(hex), zipped: false);

        Should.Throw<DemoDataException>(() => IdxFile.Read(path), what).Message.ShouldContain(path);
    }

    [Fact]
    public void A_missing_folder_says_which_package_has_the_files() =>
        Should.Throw<DemoDataException>(() => FashionMnist.ReadTraining(_folder)).Message.ShouldContain("dataset-fashion-mnist");

    private string Write(byte[] content, bool zipped)
    {
        var path = Path.Combine(_folder, "file");
        using Stream file = zipped ? new GZipStream(File.Create(path), CompressionLevel.Fastest) : File.Create(path);
        file.Write(content);
        return path;
    }
}
