using TorchSharp;

namespace AccuracyMonitor.Demo.Tests;

/// <summary>Makes libtorch load at the first test that needs it, whichever comes first.</summary>
internal static class Torch
{
    static Torch() => torch.InitializeDeviceType(DeviceType.CPU);

    public static void Load()
    {
    }
}
