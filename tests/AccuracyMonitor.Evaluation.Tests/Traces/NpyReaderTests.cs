using System.Text;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Tests.Traces;

/// <summary>Headers that ask for much memory or time.</summary>
public class NpyReaderTests
{
    [Theory]
    [InlineData("(536870912,)", "<f8")]
    [InlineData("(1000000, 500)", "<f4")]
    public void An_array_larger_than_its_file_is_refused_before_memory_is_taken(string shape, string type)
    {
        var bytes = NpzWriter.Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}", new byte[8]);

        Should.Throw<InvalidDataException>(() => NpyReader.ReadFloats(new MemoryStream(bytes), bytes.Length)).Message.ShouldStartWith("truncated: expected 5");
        if (type == "<f8")
        {
            Should.Throw<InvalidDataException>(() => NpyReader.ReadLabels(new MemoryStream(bytes), bytes.Length)).Message.ShouldStartWith("truncated: ");
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<InvalidDataException>(() => NpyReader.ReadFloats(new MemoryStream(bytes), bytes.Length));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Theory]
    [InlineData("1, ")]
    [InlineData("1")]
    [InlineData(" 1 ")]
    [InlineData(", ")]
    public void A_long_shape_without_an_end_is_refused(string part)
    {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + string.Concat(Enumerable.Repeat(part, 10_000)) + "x";
        using var npz = new NpzWriter().Add<ushort>("labels", "<u2", "1,", 0).AddBytes("probs", Version2(header));
        Should.Throw<TraceFileException>(() => TraceFile.Open(npz.Write()).Load("reference")).Message.ShouldContain("'probs.npy': header not understood");
    }

    [Theory]
    [InlineData("1 2")]
    [InlineData("99999999999999999999")]
    public void A_shape_that_is_none_is_refused(string shape)
    {
        var bytes = NpzWriter.Npy($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}", new byte[8]);
        Should.Throw<InvalidDataException>(() => NpyReader.ReadFloats(new MemoryStream(bytes), bytes.Length)).Message.ShouldStartWith("header not understood");
    }

    private static byte[] Version2(string header) =>
        [0x93, .. "NUMPY"u8, 2, 0, .. BitConverter.GetBytes(header.Length), .. Encoding.ASCII.GetBytes(header)];
}
