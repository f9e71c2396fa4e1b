using System.IO.Compression;
using System.Text;
using AccuracyMonitor.Sidecar.Inputs;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Tests.Inputs;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Tests.Fuzz;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Tests.Fuzz;

/// <summary>Files of class names, and inputs as they are shown: the decoders say what is wrong and never throw.</summary>
public sealed class FileFuzzTests
{
    private static readonly string[] ClassFiles =
    [
        """{"classes": ["shirt", {"name": "bag", "aliases": ["purse"], "colour": "#aa5500", "group": "other"}]}""",
        """{"classes": ["0", "1", {"name": "Ä", "aliases": []}]}""",
    ];

    private static byte[] Picture { get; } = Npy.Of("<f4", "1, 2, 2, 1", 0f, 0.25f, 0.5f, 1f);

    [Fact]
    public void Class_names() => FuzzRun.Run<NothingIsThrownException>([.. ClassFiles.Select(Encoding.UTF8.GetBytes)], 4000, bytes =>
    {
        var (table, errors) = ClassTableReader.Check(Encoding.UTF8.GetString(bytes));
        (table is null).ShouldBe(errors.Count > 0);
    });

    [Fact]
    public void Tensors_of_inputs()
    {
        var options = new InputOptions { Rendering = ["m=picture,layout=NHWC"] };
        var rendering = new InputRendering(Options.Create(options));
        FuzzRun.Run<NothingIsThrownException>([Picture, Zip(Picture, Npy.Of("<i8", "1,", 7L))], 2000, bytes =>
        {
            rendering.Render("m", new StoredInput("application/x-npy", bytes));
            rendering.Render("m", new StoredInput("application/x-npz", bytes));
            rendering.Render("other", new StoredInput("application/x-npz", bytes));
        });
    }

    private static byte[] Zip(params byte[][] arrays)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < arrays.Length; i++)
            {
                using var entry = archive.CreateEntry($"a{i}.npy", i == 0 ? CompressionLevel.Optimal : CompressionLevel.NoCompression).Open();
                entry.Write(arrays[i]);
            }
        }

        return stream.ToArray();
    }
}
