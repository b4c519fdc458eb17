"""A camera by GStreamer's RTSP server. Prints its port, then runs until it is killed. usage: rtsp_server.py [--codec h264|h265] [--bframes N] [--audio] [--udp] [--digest] [--size WxH] [--slow SECONDS]"""
import argparse, time
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

options = argparse.ArgumentParser()
options.add_argument("--codec", default="h264")
options.add_argument("--bframes", type=int, default=0)
options.add_argument("--audio", action="store_true")
options.add_argument("--udp", action="store_true")
options.add_argument("--digest", action="store_true")
options.add_argument("--basic", action="store_true")
options.add_argument("--size", default="320x240")
options.add_argument("--slow", type=float, default=0)
options = options.parse_args()
Gst.init(None)

width, height = options.size.split("x")
encoder = {
    "h264": f"x264enc speed-preset=ultrafast bframes={options.bframes} b-adapt=false key-int-max=25 ! rtph264pay",
    "h265": "x265enc speed-preset=ultrafast key-int-max=25 option-string=" + f"bframes={options.bframes}" + " ! rtph265pay",
}[options.codec]
launch = f"( videotestsrc is-live=true pattern=blue ! video/x-raw,format=I420,width={width},height={height},framerate=25/1 ! {encoder} config-interval=1 name=pay0 pt=96"
if options.audio:
    launch += " audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8"

class Factory(GstRtspServer.RTSPMediaFactory):
    def do_create_element(self, url):
        if options.slow:
            time.sleep(options.slow)
        return Gst.parse_launch(launch + " )")

server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
factory = Factory()
factory.set_shared(True)
if options.udp:
    factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
if options.digest or options.basic:
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST if options.digest else GstRtsp.RTSPAuthMethod.BASIC)
    if options.digest:
        auth.add_digest("user", "pa#ss", token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic("user", "pa#ss"), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("user", "media.factory.access", True)
    permissions.add_permission_for_role("user", "media.factory.construct", True)
    factory.set_permissions(permissions)
server.get_mount_points().add_factory("/s", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
