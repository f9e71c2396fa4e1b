using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace AccuracyMonitor.Training;

/// <summary>Checks at start-up whether libtorch is available, so that a program without it reports this at once instead of failing
/// later.</summary>
public static class TorchRuntime
{
    private static readonly Lazy<string?> Failure = new(Probe);

    /// <summary>Loads libtorch (about 0.2 s, the first time) and sets it to one thread: trained monitors are then repeatable bit by bit,
    /// and the process keeps its other cores for predictions.</summary>
    /// <param name="reason">Why not, for a person to read; empty when available.</param>
    public static bool IsAvailable(out string reason)
    {
        reason = Failure.Value ?? string.Empty;
        return Failure.Value is null;
    }

    /// <exception cref="DllNotFoundException">libtorch is missing; the message says what to do.</exception>
    public static void Require()
    {
        if (!IsAvailable(out var reason))
        {
            throw new DllNotFoundException(reason);
        }
    }

    private static string? Probe()
    {
        try
        {
            Load();
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or FileNotFoundException or BadImageFormatException or NotSupportedException
            or TypeInitializationException or EntryPointNotFoundException or ExternalException)
        {
            return "Training is not available: libtorch could not be loaded. Run from source with the .NET SDK (its build places libtorch beside "
                + $"the program; -p:LibTorch=false leaves it out), or switch training off. The loader said: {(e.InnerException ?? e).Message.Trim()}";
        }
    }

    /// <summary>Not inlined: where the TorchSharp assembly is missing, compiling this method fails at run time, and the caller catches that.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Load()
    {
        // TorchSharp's own message hides the loader's (a missing symbol version, for one): ask the loader first.
        NativeLibrary.Free(NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, DllImportSearchPath.AssemblyDirectory));
        torch.InitializeDeviceType(DeviceType.CPU);
        torch.set_num_threads(1);
    }
}
