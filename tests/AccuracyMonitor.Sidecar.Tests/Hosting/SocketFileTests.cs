using System.Net.Sockets;
using AccuracyMonitor.Sidecar.Composition;
using AccuracyMonitor.Sidecar.Hosting;

namespace AccuracyMonitor.Sidecar.Tests.Hosting;

public sealed class SocketFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-socket-").FullName;

    private string SocketPath => Path.Combine(_folder, "am.sock");

    [Fact]
    public async Task Sidecar_WhoseSocketNamesTheDatabase_RefusesToStartAndLeavesIt()
    {
        await File.WriteAllTextAsync(SocketPath, "labels of a year", TestContext.Current.CancellationToken);
        var status = await SidecarHost.RunAsync(
            [$"--Listen:Socket={SocketPath}", "--Listen:HttpPort=0", "--Listen:GrpcPort=-1", $"--Storage:Path={Path.Combine(_folder, "am.db")}"],
            TestContext.Current.CancellationToken);
        status.ShouldBe(1);
        (await File.ReadAllTextAsync(SocketPath, TestContext.Current.CancellationToken)).ShouldBe("labels of a year");
    }

    [Fact]
    public void Prepare_OnALinkToASocketPathLeavesBoth()
    {
        var target = Path.Combine(_folder, "target");
        File.WriteAllText(target, "");
        File.CreateSymbolicLink(SocketPath, target);
        Should.Throw<IOException>(() => SocketFile.Prepare(SocketPath)).Message.ShouldContain("is not a socket");
        File.Exists(target).ShouldBeTrue();
        File.Exists(SocketPath).ShouldBeTrue();
    }

    [Fact]
    public void Prepare_OnASocketThatIsListenedOn_LeavesItAndRemovesItOnceNobodyListens()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var bound = Path.Combine(_folder, "bound.sock");
        listener.Bind(new UnixDomainSocketEndPoint(bound));
        listener.Listen(1);

        // The listener removes the name that it bound when it closes, as a process that is killed does not.
        File.Move(bound, SocketPath);
        Should.Throw<IOException>(() => SocketFile.Prepare(SocketPath)).Message.ShouldContain("Another process listens");
        Path.Exists(SocketPath).ShouldBeTrue();

        listener.Close();
        SocketFile.Prepare(SocketPath);
        Path.Exists(SocketPath).ShouldBeFalse();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
