using AccuracyMonitor.Bridge.Hosting;

// The bridge in a process of its own, for tests that kill it.
return await BridgeHost.RunAsync(args, BridgeMode.Serve);
