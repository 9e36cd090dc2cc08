# vpmem-reconcile: captures what a Windows guest (Server 2016 and later) says of its disks. As administrator it says more.
#
#     powershell -ExecutionPolicy Bypass -File windows.ps1
#
# It reads and changes nothing, and leaves one file, here or else in the temporary folder. There, $ stands in front of a command,
# | of what it printed, ! of its errors, = of its exit status. What cannot be printed stands as ?.
$machine = [Environment]::MachineName
$now = (Get-Date).ToUniversalTime()
$invariant = [Globalization.CultureInfo]::InvariantCulture
$name = '{0}.capture.{1}.txt' -f $machine, $now.ToString('yyyyMMddTHHmmssZ', $invariant)
$lines = New-Object 'Collections.Generic.List[string]'
$lines.Add('vpmem-reconcile capture 1 (windows)')
$lines.Add('script:  @VERSION@')
$lines.Add("machine: $machine")
$lines.Add('time:    ' + $now.ToString('yyyy-MM-ddTHH:mm:ssZ', $invariant))
$lines.Add('user:    ' + [Environment]::UserName)
$failed = New-Object 'Collections.Generic.List[string]'

function Add-Text([string]$mark, [string]$text) {
    foreach ($line in $text.TrimEnd() -split "`r?`n") { $lines.Add(("$mark " + ($line -replace '[\x00-\x1f\x7f]', '?')).TrimEnd()) }
}

# What a person would type, so that it can be typed again.
$commands = @(
    'hostname'
    'Get-CimInstance Win32_ComputerSystemProduct | Format-List Vendor, Name, UUID'
    'Get-PhysicalDisk | Format-List DeviceId, FriendlyName, SerialNumber, UniqueId, BusType, Size'
    'Get-Disk | Format-List Number, FriendlyName, SerialNumber, UniqueId, BusType, Size'
    'Get-Partition | Format-List DiskNumber, PartitionNumber, DriveLetter, Size'
)
foreach ($command in $commands) {
    $lines.Add('')
    $lines.Add("`$ $command")
    $status = 0
    try {
        $ErrorActionPreference = 'Stop'
        $text = & ([scriptblock]::Create($command)) | Out-String -Width 4096
        if ($text.Trim()) { Add-Text '|' ($text -replace '^[\r\n]+', '') }
    } catch {
        $status = 1
        $failed.Add($command)
        Add-Text '!' $_.Exception.Message
    }
    $lines.Add("= $status")
}
$lines.Add('')
$lines.Add("commands: $($commands.Count), failed: $($failed.Count)")

# The sum is that of the lines above, each ended by a line feed, in UTF-8.
$utf8 = New-Object Text.UTF8Encoding $false
$body = ($lines -join "`n") + "`n"
$sum = [Security.Cryptography.SHA256]::Create().ComputeHash($utf8.GetBytes($body))
$body += 'sha256: ' + ([BitConverter]::ToString($sum) -replace '-', '').ToLowerInvariant() + "`n"
$file = Join-Path (Get-Location).ProviderPath $name
try { $stream = [IO.File]::Open($file, [IO.FileMode]::CreateNew) }
catch {
    $file = Join-Path ([IO.Path]::GetTempPath()) $name
    $stream = [IO.File]::Open($file, [IO.FileMode]::CreateNew)
}
$bytes = $utf8.GetBytes($body)
$stream.Write($bytes, 0, $bytes.Length)
$stream.Close()
"The capture is $file"
"$($commands.Count) commands, $($failed.Count) failed"
$failed | ForEach-Object { "  $_" }
