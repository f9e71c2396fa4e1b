using System.Diagnostics;

namespace AccuracyMonitor.Repository.Tests;

/// <summary>A program for a platform without a library of ONNX Runtime does not build. Real items come from packages; here they are named.</summary>
public sealed class PlatformTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-platform-").FullName;

    [Theory]
    [InlineData("linux-x64", "libonnxruntime.so", "", true)]
    [InlineData("osx-x64", "", "", false)]
    [InlineData("osx-x64", "", "-p:OwnOnnxRuntime=true", true)]
    [InlineData("linux-musl-x64", "libonnxruntime.so", "", false)]
    public async Task A_platform_is_built_for_only_if_ONNX_Runtime_has_a_library_for_it(string platform, string library, string option, bool builds)
    {
        var targets = Path.Combine(RepositoryFiles.Root, "src", "AccuracyMonitor.Scoring", "build", "OnnxRuntimePlatforms.targets");
        var native = library.Length == 0 ? "" : $"""<NativeCopyLocalItems Include="{library}" NuGetPackageId="Microsoft.ML.OnnxRuntime" />""";
        var project = Path.Combine(_folder, "program.proj");
        await File.WriteAllTextAsync(project, $"""
            <Project>
              <Import Project="{targets}" />
              <Target Name="ResolvePackageAssets">
                <ItemGroup>
                  <RuntimeCopyLocalItems Include="Microsoft.ML.OnnxRuntime.dll" NuGetPackageId="Microsoft.ML.OnnxRuntime.Managed" />
                  <NativeCopyLocalItems Include="libe_sqlite3.so" NuGetPackageId="SQLitePCLRaw.lib.e_sqlite3" />
                  {native}
                </ItemGroup>
              </Target>
            </Project>
            """, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-nologo", "-v:quiet", "-t:ResolvePackageAssets", $"-p:RuntimeIdentifier={platform}"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        if (option.Length > 0)
        {
            start.ArgumentList.Add(option);
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        (process.ExitCode == 0).ShouldBe(builds, output);
        output.Contains($"error AM0001: ONNX Runtime has no library for {platform}", StringComparison.Ordinal).ShouldBe(!builds, output);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
