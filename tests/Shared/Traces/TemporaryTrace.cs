using System.Text;

namespace AccuracyMonitor.Tests.Traces;

/// <summary>A file that is gone after the test.</summary>
internal sealed class TemporaryTrace : IDisposable
{
    public TemporaryTrace(string extension, byte[] content)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"trace-{Guid.NewGuid():N}{extension}");
        File.WriteAllBytes(Path, content);
    }

    public TemporaryTrace(string extension, string content)
        : this(extension, Encoding.UTF8.GetBytes(content))
    {
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
